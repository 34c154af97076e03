"""The benchmark suite, run by `yimen bench`: each figure beside its own limit, measured in the same run."""
