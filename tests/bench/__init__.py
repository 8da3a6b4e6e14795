"""What the site costs, each figure beside a floor measured in the same run; docs/performance.md explains them."""
