# Part of a configuration. See examples/provider for the terraform block.

variable "gateway_url" {
  description = "Base URL of the bank's gateway."
  type        = string
  default     = "https://gateway.example.com"
}

# The key of the client certificate, for example from TF_VAR_client_key_pem.
# Terraform does not store ephemeral variables (Terraform 1.10).
variable "client_key_pem" {
  type      = string
  sensitive = true
  ephemeral = true
}

provider "juspay" {
  base_url        = var.gateway_url
  ca_cert_pem     = file("${path.module}/ca.pem")
  client_cert_pem = file("${path.module}/client.pem")
  client_key_pem  = var.client_key_pem
}
