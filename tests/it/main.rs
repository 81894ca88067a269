mod simulator_page;
mod support;
