# Made by the release workflow of https://git.example.com/team/spt-flow; do not change it here.
class Sptcoder < Formula
  desc "From a repository to a ready Coder workspace in one command"
  homepage "https://git.example.com/team/spt-flow"
  version "0.1.0"
  license "Apache-2.0"

  on_macos do
    on_intel do
      url "https://git.example.com/team/spt-flow/releases/download/v0.1.0/sptcoder-0.1.0-darwin-amd64.tar.gz"
      sha256 "c86f52557298d398e6654e8491009e09a870cab70a5dce277d0713c7db5ff5f0"
    end
    on_arm do
      url "https://git.example.com/team/spt-flow/releases/download/v0.1.0/sptcoder-0.1.0-darwin-arm64.tar.gz"
      sha256 "ec2f78efeddc8285ee5397bab8ec165db515b0791d97b3dec4882384f00874ff"
    end
  end

  on_linux do
    on_intel do
      url "https://git.example.com/team/spt-flow/releases/download/v0.1.0/sptcoder-0.1.0-linux-amd64.tar.gz"
      sha256 "9bb328539ec020dfdbff9d5fe021ee86c09f073e344fb9de7d796c2e3d13d2fd"
    end
    on_arm do
      url "https://git.example.com/team/spt-flow/releases/download/v0.1.0/sptcoder-0.1.0-linux-arm64.tar.gz"
      sha256 "90f6f0c7006bba5a1e624b1c7674fa0a88693749fc629cb9cee1ad1ecbac4ed2"
    end
  end

  def install
    libexec.install Dir["*"]
    bin.install_symlink libexec/"sptcoder"
    # Where case counts, the other spelling of the name is a program of its own.
    bin.install_symlink libexec/"sptcoder" => "sptCoder" if OS.linux?
    generate_completions_from_executable(bin/"sptcoder", "completion", shells: [:bash, :zsh, :fish])
  end

  test do
    assert_match "sptcoder #{version}", shell_output("#{bin}/sptcoder --version")
  end
end
