//! The certificate of the endpoint: given, or made once for the site.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pgwire::tokio::TlsAcceptor;
use pgwire::tokio::tokio_rustls::rustls::ServerConfig;
use pgwire::tokio::tokio_rustls::rustls::crypto::ring;
use pgwire::tokio::tokio_rustls::rustls::pki_types::pem::PemObject;
use pgwire::tokio::tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rcgen::{CertificateParams, DnType, KeyPair};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use zeroize::Zeroizing;

use crate::error::EndpointError;
use crate::users::private;

/// What direct TLS is told apart by.
const PROTOCOL: &[u8] = b"postgresql";

/// A certificate with its key, in PEM.
#[derive(Debug, Clone)]
pub struct CertificateFiles {
    /// The certificate, then those above it.
    pub certificate: PathBuf,
    /// Its key, which others must not be able to read.
    pub key: PathBuf,
}

/// How connections are secured.
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    /// SHA-256 of the certificate, in hex, by which people recognise it.
    pub(crate) fingerprint: String,
    /// What a login is bound to, where the signature of the certificate says which digest that is.
    pub(crate) binding: Option<Vec<u8>>,
}

impl CertificateFiles {
    /// The site's own pair; made, signed by itself, where it is not there yet.
    ///
    /// # Errors
    /// [`EndpointError::File`] where the folder cannot be written.
    pub fn of_site(vault: &Path, addresses: &[IpAddr]) -> Result<Self, EndpointError> {
        let files = Self { certificate: vault.join("endpoint.crt"), key: vault.join("endpoint.key") };
        if files.certificate.exists() && files.key.exists() {
            return Ok(files);
        }
        let unmade = |error: rcgen::Error| EndpointError::Certificate {
            file: files.certificate.clone(),
            reason: error.to_string(),
        };
        let addresses = addresses.iter().filter(|address| !address.is_unspecified()).map(ToString::to_string);
        let names: Vec<String> =
            ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into_iter().chain(addresses).collect();
        let mut parameters = CertificateParams::new(names).map_err(unmade)?;
        parameters.distinguished_name.push(DnType::CommonName, "yilian");
        let key = KeyPair::generate().map_err(unmade)?;
        let certificate = parameters.self_signed(&key).map_err(unmade)?;
        let pem = Zeroizing::new(key.serialize_pem());
        let write = |file: &Path, text: &str| {
            private(file)
                .and_then(|mut new| new.write_all(text.as_bytes()).and_then(|()| new.sync_all()))
                .map_err(EndpointError::file(file))
        };
        write(&files.key, &pem)?;
        write(&files.certificate, &certificate.pem())?;
        Ok(files)
    }

    pub(crate) fn load(&self) -> Result<Tls, EndpointError> {
        let unfit = |reason: String| EndpointError::Certificate { file: self.certificate.clone(), reason };
        let mode = fs::metadata(&self.key).map_err(EndpointError::file(&self.key))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(EndpointError::Open { file: self.key.clone() });
        }
        let chain = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| unfit(error.to_string()))?;
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|error| unfit(error.to_string()))?;
        let first = chain.first().ok_or_else(|| unfit("it is empty".to_owned()))?.clone();
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|error| unfit(error.to_string()))?;
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        let digest = Sha256::digest(&first).to_vec();
        Ok(Tls {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            fingerprint: hex::encode(&digest),
            binding: is_signed_with_sha256(&first).then_some(digest),
        })
    }
}

/// Whether the digest of the certificate's signature is SHA-256, with RSA or ECDSA; for others a login is not bound.
fn is_signed_with_sha256(certificate: &[u8]) -> bool {
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
    const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    // Certificate = SEQUENCE { what is signed, SEQUENCE { OBJECT IDENTIFIER, … }, signature }
    let algorithm = inside(certificate)
        .and_then(|(content, _)| inside(content))
        .and_then(|(_, after)| inside(after))
        .and_then(|(content, _)| inside(content))
        .map(|(identifier, _)| identifier);
    matches!(algorithm, Some(RSA | ECDSA))
}

/// The content of the first value of a DER text, and what comes after it.
fn inside(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, rest) = text.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = if *length < 0x80 {
        (usize::from(*length), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
        let number = bytes.iter().try_fold(0_usize, |sum, byte| Some(sum.checked_mul(256)? + usize::from(*byte)))?;
        (number, rest)
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pair_of_a_site_is_made_once_and_private() {
        let vault = tempfile::tempdir().unwrap();
        let files = CertificateFiles::of_site(vault.path(), &[]).unwrap();
        let first = files.load().unwrap();
        assert!(first.binding.is_some());
        assert_eq!(fs::metadata(&files.key).unwrap().permissions().mode() & 0o777, 0o600);
        let again = CertificateFiles::of_site(vault.path(), &[]).unwrap().load().unwrap();
        assert_eq!(first.fingerprint, again.fingerprint);
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let vault = tempfile::tempdir().unwrap();
        let files = CertificateFiles::of_site(vault.path(), &[]).unwrap();
        fs::set_permissions(&files.key, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(files.load(), Err(EndpointError::Open { .. })));
    }
}
