// Package s3 is left out of this build.
package s3

import (
	"github.com/hashicorp/terraform/internal/backend"
	"github.com/hashicorp/terraform/internal/backend/remote-state/leftout"
)

// New returns a backend that refuses every use.
func New() backend.Backend {
	return leftout.New("s3")
}
