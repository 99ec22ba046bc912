//! A bucket of a service that speaks S3.

use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
};
use secrecy::{ExposeSecret, SecretString};
use std::{sync::Arc, time::Duration};

/// Which bucket, and who may use it. `Debug` hides what is secret.
#[derive(Clone, Debug)]
pub struct BucketSettings {
    /// Its name.
    pub bucket: String,
    /// The address of the service; without it, that of the region at AWS.
    pub endpoint: Option<String>,
    /// The region.
    pub region: String,
    /// Who asks.
    pub access_key: String,
    /// The password of who asks.
    pub secret_key: SecretString,
    /// How long a request may take, and how long it is tried again.
    pub patience: Patience,
}

/// How long something may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// One request.
    pub request: Duration,
    /// A request that is tried again and again.
    pub tries: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { request: Duration::from_secs(30), tries: Duration::from_mins(1) }
    }
}

/// Tries of one request.
const TRIES: usize = 6;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

impl BucketSettings {
    pub(super) fn open(&self) -> object_store::Result<Arc<dyn ObjectStore>> {
        let plain = self.endpoint.as_deref().is_some_and(|address| address.starts_with("http://"));
        let client = ClientOptions::new()
            .with_allow_http(plain)
            .with_connect_timeout(CONNECT.min(self.patience.request))
            .with_timeout(self.patience.request);
        let backoff =
            BackoffConfig { init_backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(5), base: 2.0 };
        let retry = RetryConfig { backoff, max_retries: TRIES, retry_timeout: self.patience.tries };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&self.bucket)
            .with_region(&self.region)
            .with_access_key_id(&self.access_key)
            .with_secret_access_key(self.secret_key.expose_secret())
            .with_client_options(client)
            .with_retry(retry);
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_config(AmazonS3ConfigKey::Endpoint, endpoint);
        }
        Ok(Arc::new(builder.build()?))
    }
}
