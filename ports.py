"""Every port of the platform and of the lab, one constant each."""

__all__ = [
    "APISERVER",
    "CODER",
    "CODER_METRICS",
    "CODE_SERVER",
    "DNS",
    "ETCD_CLIENT",
    "ETCD_PEER",
    "GIT",
    "GIT_SERVE",
    "HTTP",
    "HTTPS",
    "LOG_COLLECTOR",
    "ONEPASSWORD_CONNECT",
    "ONEPASSWORD_CONNECT_SYNC",
    "POSTGRES",
    "PUSHGATEWAY",
    "REGISTRY",
    "REGISTRY_DEBUG",
]

APISERVER = 6443
"""Lab: kube-apiserver, on the lab's own node address."""

DNS = 53
"""Cluster DNS, UDP and TCP."""

ETCD_CLIENT = 2379
"""Lab: etcd clients, on the lab's own loopback."""

ETCD_PEER = 2380
"""Lab: etcd peers, on the lab's own loopback."""

REGISTRY = 5000
"""The registry's Service and container port."""

REGISTRY_DEBUG = 5001
"""The registry's metrics and health port inside its pod."""

CODER = 8080
"""Coder's HTTP port inside its pod; its Service has port 80."""

CODER_METRICS = 2112
"""Coder's Prometheus metrics, on the pod and on the headless Service."""

POSTGRES = 5432
"""Coder's database."""

ONEPASSWORD_CONNECT = 8080
"""The API of 1Password Connect, in its pod and on its Service."""

ONEPASSWORD_CONNECT_SYNC = 8081
"""Health of what keeps Connect's copy of the vaults up to date, inside the pod."""

PUSHGATEWAY = 9091
"""The jobs' Pushgateway inside its pod; its Service has port 80."""

LOG_COLLECTOR = 2020
"""Health and metrics of Fluent Bit, inside its pods."""

HTTP = 80
"""Coder's Service, and the entry's plain listener, which only redirects."""

HTTPS = 443
"""The entry's listener with TLS; the API server's Service."""

GIT = 9418
"""Lab: the git server of `make demo`, on the host's end of the lab's link and only while that runs."""

GIT_SERVE = 9420
"""Lab: the git server of `make serve`, likewise, so that the demo can run beside it."""

CODE_SERVER = 13337
"""The editor inside a workspace, on the pod's loopback; Coder's app leads there."""
