//! The certificate authority of a cluster: it signs the API server's certificate, and those of whoever asks Magnum for one.

use std::net::IpAddr;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use time::{Duration, OffsetDateTime};

/// Why something cannot be signed or served, in words.
pub(crate) type Fault = Box<dyn std::error::Error + Send + Sync>;

/// As long as Magnum's certificates hold.
const LIFE: Duration = Duration::days(5 * 365);

/// A cluster's authority, as it is kept with the cluster.
#[derive(Clone, Debug)]
pub(crate) struct Authority {
    /// Its certificate.
    pub(crate) pem: String,
    /// Its private key.
    pub(crate) key: String,
}

impl Authority {
    /// A fresh one, for a cluster of that name.
    pub(crate) fn new(name: &str) -> Result<Self, Fault> {
        let key = KeyPair::generate()?;
        let mut params = params(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages =
            vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
        Ok(Self { pem: params.self_signed(&key)?.pem(), key: key.serialize_pem() })
    }

    fn issuer(&self) -> Result<Issuer<'static, KeyPair>, Fault> {
        Ok(Issuer::from_ca_cert_pem(&self.pem, KeyPair::from_pem(&self.key)?)?)
    }

    /// Signs a request for a client's certificate; whatever it asks for, it becomes no authority of its own.
    pub(crate) fn sign(&self, csr: &str) -> Result<String, Fault> {
        let mut request = CertificateSigningRequestParams::from_pem(csr)?;
        let dated = params("");
        (request.params.not_before, request.params.not_after) = (dated.not_before, dated.not_after);
        request.params.is_ca = IsCa::NoCa;
        request.params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        request.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        Ok(request.signed_by(&self.issuer()?)?.pem())
    }

    /// How the API server speaks TLS at that address: with a certificate of this authority, to those who have one, too.
    pub(crate) fn server(&self, address: IpAddr) -> Result<ServerConfig, Fault> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(vec![address.to_string(), "kubernetes".to_owned()])?;
        let dated = self::params("kubernetes");
        (params.not_before, params.not_after) = (dated.not_before, dated.not_after);
        params.distinguished_name = dated.distinguished_name;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let own = params.signed_by(&key, &self.issuer()?)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(rustls::pki_types::CertificateDer::from_pem_slice(self.pem.as_bytes())?)?;
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build()?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(clients)
            .with_single_cert(vec![own.der().clone()], PrivateKeyDer::try_from(key.serialize_der())?)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    // A minute for clocks that are behind.
    params.not_before = OffsetDateTime::now_utc() - Duration::MINUTE;
    params.not_after = params.not_before + LIFE;
    params
}
