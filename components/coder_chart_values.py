"""The values that Coder's chart knows, as types: helm takes any others in silence."""

__all__ = ["ChartPart", "ChartValues"]

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_Objects = list[dict[str, Any]]
_Texts = dict[str, str]
_Count = Annotated[int, Field(ge=0)]


class ChartPart(BaseModel):
    """One object of the values: no other keys than its own."""

    model_config = ConfigDict(extra="forbid")


class _Variable(ChartPart):
    name: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
    value: str | None = None
    valueFrom: dict[str, Any] | None = None  # noqa: N815 - the chart's names, here and below


class _Image(ChartPart):
    repo: str | None = None
    tag: str | None = None
    pullPolicy: Literal["Always", "IfNotPresent", "Never"] | None = None  # noqa: N815
    pullSecrets: _Objects | None = None  # noqa: N815


class _NamedNamespace(ChartPart):
    name: str


class _ServiceAccount(ChartPart):
    workspacePerms: bool | None = None  # noqa: N815
    enableDeployments: bool | None = None  # noqa: N815
    extraRules: _Objects | None = None  # noqa: N815
    workspaceNamespaces: list[_NamedNamespace] | None = None  # noqa: N815
    annotations: _Texts | None = None
    name: str | None = None
    disableCreate: bool | None = None  # noqa: N815


class _Probe(ChartPart):
    enabled: bool | None = None
    initialDelaySeconds: _Count | None = None  # noqa: N815
    periodSeconds: _Count | None = None  # noqa: N815
    timeoutSeconds: _Count | None = None  # noqa: N815
    successThreshold: _Count | None = None  # noqa: N815
    failureThreshold: _Count | None = None  # noqa: N815


class _Certificate(ChartPart):
    name: str
    key: str


class _Certificates(ChartPart):
    secrets: list[_Certificate] | None = None


class _Tls(ChartPart):
    secretNames: list[str] | None = None  # noqa: N815


class _Service(ChartPart):
    enable: bool | None = None
    type: Literal["ClusterIP", "NodePort", "LoadBalancer"] | None = None
    sessionAffinity: Literal["None", "ClientIP"] | None = None  # noqa: N815
    externalTrafficPolicy: Literal["Cluster", "Local"] | None = None  # noqa: N815
    loadBalancerIP: str | None = None  # noqa: N815
    loadBalancerClass: str | None = None  # noqa: N815
    annotations: _Texts | None = None
    httpNodePort: int | str | None = None  # noqa: N815
    httpsNodePort: int | str | None = None  # noqa: N815


class _IngressTls(ChartPart):
    enable: bool | None = None
    secretName: str | None = None  # noqa: N815
    wildcardSecretName: str | None = None  # noqa: N815


class _Ingress(ChartPart):
    enable: bool | None = None
    className: str | None = None  # noqa: N815
    host: str | None = None
    wildcardHost: str | None = None  # noqa: N815
    annotations: _Texts | None = None
    tls: _IngressTls | None = None


class _Coder(ChartPart):
    env: list[_Variable] | None = None
    envFrom: _Objects | None = None  # noqa: N815
    envUseClusterAccessURL: bool | None = None  # noqa: N815
    image: _Image | None = None
    replicaCount: _Count | None = None  # noqa: N815
    strategy: dict[str, Any] | None = None
    serviceAccount: _ServiceAccount | None = None  # noqa: N815
    securityContext: dict[str, Any] | None = None  # noqa: N815
    podSecurityContext: dict[str, Any] | None = None  # noqa: N815
    priorityClassName: str | None = None  # noqa: N815
    resources: dict[str, dict[str, Any]] | None = None
    readinessProbe: _Probe | None = None  # noqa: N815
    livenessProbe: _Probe | None = None  # noqa: N815
    volumes: _Objects | None = None
    volumeMounts: _Objects | None = None  # noqa: N815
    initContainers: _Objects | None = None  # noqa: N815
    lifecycle: dict[str, Any] | None = None
    certs: _Certificates | None = None
    tls: _Tls | None = None
    service: _Service | None = None
    ingress: _Ingress | None = None
    httproute: dict[str, Any] | None = None
    listenerset: dict[str, Any] | None = None
    workspaceProxy: bool | None = None  # noqa: N815
    nodeSelector: _Texts | None = None  # noqa: N815
    tolerations: _Objects | None = None
    affinity: dict[str, Any] | None = None
    topologySpreadConstraints: _Objects | None = None  # noqa: N815
    annotations: _Texts | None = None
    labels: _Texts | None = None
    podAnnotations: _Texts | None = None  # noqa: N815
    podLabels: _Texts | None = None  # noqa: N815
    command: list[str] | None = None
    commandArgs: list[str] | None = None  # noqa: N815


class _Daemon(ChartPart):
    pskSecretName: str | None = None  # noqa: N815


class ChartValues(ChartPart):
    """Every key of the chart's values that is known; those that the chart hands on verbatim are Kubernetes' own."""

    coder: _Coder | None = None
    provisionerDaemon: _Daemon | None = None  # noqa: N815
    extraTemplates: list[str] | None = None  # noqa: N815
