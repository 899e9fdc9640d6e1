// Package leftout stands where Terraform has its cloud state backends.
//
// Coder keeps every workspace's state itself, in the local backend. The eight backends that bring the SDKs of the
// large clouds would be more than half of the build, and nothing here can use them.
package leftout

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"

	"github.com/hashicorp/terraform/internal/backend"
	"github.com/hashicorp/terraform/internal/configs/configschema"
	"github.com/hashicorp/terraform/internal/states/statemgr"
	"github.com/hashicorp/terraform/internal/tfdiags"
)

type absent struct {
	name string
}

// New returns a backend that refuses every use, in one sentence that names it.
func New(name string) backend.Backend {
	return absent{name: name}
}

func (b absent) err() error {
	return fmt.Errorf("the %q state backend is not part of this build of Terraform", b.name)
}

func (b absent) ConfigSchema() *configschema.Block {
	return &configschema.Block{}
}

func (b absent) PrepareConfig(value cty.Value) (cty.Value, tfdiags.Diagnostics) {
	return value, tfdiags.Diagnostics{}.Append(b.err())
}

func (b absent) Configure(cty.Value) tfdiags.Diagnostics {
	return tfdiags.Diagnostics{}.Append(b.err())
}

func (b absent) StateMgr(string) (statemgr.Full, error) {
	return nil, b.err()
}

func (b absent) DeleteWorkspace(string, bool) error {
	return b.err()
}

func (b absent) Workspaces() ([]string, error) {
	return nil, b.err()
}
