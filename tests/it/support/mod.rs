pub(crate) mod browser;
pub(crate) mod desk;
