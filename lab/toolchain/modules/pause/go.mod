module spt-flow/toolchain/pause

go 1.26
