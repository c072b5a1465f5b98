terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

# The API key comes from the environment variable JUSPAY_API_KEY.
provider "juspay" {
  environment = "production"
}
