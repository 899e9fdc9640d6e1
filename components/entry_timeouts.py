"""How the controllers of Ingresses are told that connections may be quiet, and uploads as large as they are."""

__all__ = ["ingress_annotations"]

from typing import Final

# An Application Load Balancer takes no more.
_ALB_MOST: Final = 4000


def ingress_annotations(idle_seconds: int) -> dict[str, str]:
    """Return the annotations for every controller known here; each reads its own and leaves the others alone.

    Terminals, agents and forwarded ports are websockets: a proxy that ends one because it was quiet for a minute, as
    most do by default, ends somebody's work. Traefik has no such limit for them, a Gateway's routes say so themselves.
    """
    seconds = f"{idle_seconds}s"
    return {
        # ingress-nginx; its unit is seconds
        "nginx.ingress.kubernetes.io/proxy-read-timeout": str(idle_seconds),
        "nginx.ingress.kubernetes.io/proxy-send-timeout": str(idle_seconds),
        "nginx.ingress.kubernetes.io/proxy-body-size": "0",
        # F5's NGINX Ingress Controller, which speaks of websockets only where it is told the Service
        "nginx.org/proxy-read-timeout": seconds,
        "nginx.org/proxy-send-timeout": seconds,
        "nginx.org/client-max-body-size": "0",
        "nginx.org/websocket-services": "coder",
        # HAProxy's own controller, and HAProxy Ingress
        "haproxy.org/timeout-tunnel": seconds,
        "haproxy-ingress.github.io/timeout-tunnel": seconds,
        # Contour: no upgrade of a connection, and 15 s for every answer, unless it is told
        "projectcontour.io/websocket-routes": "/",
        "projectcontour.io/response-timeout": "infinity",
        # AWS Load Balancer Controller
        "alb.ingress.kubernetes.io/load-balancer-attributes": (
            f"idle_timeout.timeout_seconds={min(idle_seconds, _ALB_MOST)}"
        ),
    }
