{{- define "lab.selector" -}}
app.kubernetes.io/name: coder
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "lab.labels" -}}
{{ include "lab.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: coder
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- /* A probe of the server's health: its values, but for "enabled". */ -}}
{{- define "lab.probe" -}}
httpGet:
  path: /healthz
  port: http
{{ omit . "enabled" | toYaml }}
{{- end }}

{{- /* What templates need in a namespace to make workspaces there. */ -}}
{{- define "lab.workspace-rules" -}}
{{- $verbs := list "create" "delete" "deletecollection" "get" "list" "patch" "update" "watch" -}}
- apiGroups: [""]
  resources: [pods, persistentvolumeclaims]
  verbs: {{ toJson $verbs }}
{{- if .enableDeployments }}
- apiGroups: [apps]
  resources: [deployments]
  verbs: {{ toJson $verbs }}
{{- end }}
{{- with .extraRules }}
{{ toYaml . }}
{{- end }}
{{- end }}
