# Shared by tests/vm/image and tests/vm/run (bash, sourced after installer/lib.sh): where the
# machine's files lie.

vm_dir=$top/build/vm
# What the disk is made from: when it changes, another one is made.
vm_key=$(cat "$top/tests/vm/image" "$top"/tests/vm/guest/* <(packages guest) | sha256sum | cut -c1-16)
vm_image=$vm_dir/$vm_key
