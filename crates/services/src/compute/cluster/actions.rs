//! What is done on a cluster itself: its kubeconfig, and manifests.
use crate::{Act, Again, ClusterWork};
use model::{Action, Field, kind::Output};
use serde_json::Value;

/// The longest manifest, in bytes: with what encoding adds to it, it fits into a request.
const LONGEST: u32 = 512 * 1024;

pub(super) const ACTIONS: &[Action] = &[
    Action::new("kubeconfig", "Kubeconfig", "get_kubeconfig").output(Output::Once),
    Action::new("apply_manifest", "Apply manifest", "deploy_kubernetes_manifest")
        .asks(
            const {
                &[
                    Field::long_text("manifest", "Manifest", LONGEST).secret().help(
                        "YAML or JSON, one or more documents. Each object is applied by itself; namespaces and definitions of \
                         custom resources come first. It is not stored.",
                    ),
                    Field::flag("force", "Take over fields that others manage")
                        .optional()
                        .help("Otherwise an object that somebody else changed in the same place is refused."),
                ]
            },
        )
        .example(
            r#"{"manifest": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: greeting\n  namespace: default\ndata:\n  hello: world\n"}"#,
        )
        .output(Output::Objects),
];

pub(super) static ACTS: &[Act] = &[
    // Each has a certificate of its own.
    Act::on_cluster(Again::Repeated, |_| Some(ClusterWork::Kubeconfig)),
    Act::on_cluster(Again::Same, |ask| {
        let manifest = ask.fields.get("manifest")?.as_str()?.to_owned();
        let force = ask.fields.get("force").and_then(Value::as_bool).unwrap_or_default();
        Some(ClusterWork::Apply { manifest, force })
    }),
];
