//! What `kubectl` needs: <https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/>
use super::ScopedCluster;
use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret;
use serde_json::Value;

/// The file. Texts are quoted as in JSON, which YAML reads, too.
pub(super) fn written(cluster: &ScopedCluster) -> String {
    let quoted = |text: &str| Value::from(text).to_string();
    let encoded = |pem: &str| STANDARD.encode(pem);
    format!(
        "apiVersion: v1\n\
         kind: Config\n\
         clusters:\n\
         - name: {name}\n  \
           cluster:\n    \
             certificate-authority-data: {authority}\n    \
             server: {server}\n\
         users:\n\
         - name: admin\n  \
           user:\n    \
             client-certificate-data: {certificate}\n    \
             client-key-data: {key}\n\
         contexts:\n\
         - name: {name}\n  \
           context:\n    \
             cluster: {name}\n    \
             user: admin\n\
         current-context: {name}\n",
        name = quoted(&cluster.name),
        authority = encoded(&cluster.authority),
        server = quoted(&cluster.address),
        certificate = encoded(&cluster.certificate),
        key = encoded(cluster.key.expose_secret()),
    )
}
