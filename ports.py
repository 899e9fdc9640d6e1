"""Every port of the platform and of the lab, one constant each."""

__all__ = ["APISERVER", "DNS", "ETCD_CLIENT", "ETCD_PEER", "REGISTRY", "REGISTRY_DEBUG"]

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
