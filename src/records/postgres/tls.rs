//! TLS on the way to the server: rustls with ring.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::{PostgresTls, PostgresUrl};
use crate::records::RecordsError;

/// How a connection is encrypted; `None` where it never is.
///
/// # Errors
/// [`RecordsError::Setup`]: the file of authorities cannot be read, or there are none.
pub(super) fn connector(url: &PostgresUrl) -> Result<Option<MakeRustlsConnect>, RecordsError> {
    if url.tls == PostgresTls::Disable {
        return Ok(None);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = match url.tls {
        PostgresTls::VerifyFull => {
            let roots = match &url.authorities {
                Some(file) => roots_of(file)?,
                None => system_roots()?,
            };
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .map_err(|error| RecordsError::Setup(format!("sslrootcert: {error}")))?
        }
        _ => Arc::new(AnyServer { provider: Arc::clone(&provider) }),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| RecordsError::Setup(format!("TLS cannot be used: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(Some(MakeRustlsConnect::new(config)))
}

/// The authorities in a file.
fn roots_of(file: &Path) -> Result<RootCertStore, RecordsError> {
    let wrong = |what: String| {
        RecordsError::Setup(format!(
            "sslrootcert: {} {what}; name the file of the authority that signed PostgreSQL's \
             certificate, in PEM form",
            file.display()
        ))
    };
    let text = std::fs::read(file).map_err(|error| wrong(format!("cannot be read ({error})")))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate.map_err(|_| wrong("is not in PEM form".to_owned()))?;
        roots
            .add(certificate)
            .map_err(|error| wrong(format!("holds a certificate that cannot be used ({error})")))?;
    }
    if roots.is_empty() {
        return Err(wrong("holds no certificate".to_owned()));
    }
    Ok(roots)
}

/// The authorities this machine trusts.
fn system_roots() -> Result<RootCertStore, RecordsError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(RecordsError::Setup(
            "this machine trusts no authority: install its package of certificates \
             (ca-certificates), or name the file of PostgreSQL's authority by sslrootcert"
                .to_owned(),
        ));
    }
    Ok(roots)
}

/// Takes any certificate: the way is encrypted, but who stands at its end is not known. What the
/// server signs must still be signed by the certificate's own key.
#[derive(Debug)]
struct AnyServer {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
