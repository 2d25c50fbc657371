"""What the reports of search engines share: names, groups, and parts rolled up."""
