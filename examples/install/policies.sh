version=0.1.0
repository=https://github.com/juspay/terraform-provider-juspay
release=$repository/releases/download/v$version
sums=terraform-provider-juspay_${version}_SHA256SUMS
curl -fsSL -O "$release/policies_$version.tar.gz" -O "$release/$sums" &&
  sha256sum --check --ignore-missing "$sums" &&
  tar -xzf "policies_$version.tar.gz" &&
  printf '%s\n' .terraform/ gate.plan gate.expires >>.gitignore &&
  sh policies/gate.sh -version
