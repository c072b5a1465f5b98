# Part of a configuration. See examples/provider for the terraform block.

variable "gateway_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

provider "juspay" {
  request_headers = {
    "version"       = "2019-05-07"
    "X-Gateway-Key" = var.gateway_key
  }
}
