"""Statistics of the population (人口统计): counted as of today, each number with the list of rows behind it."""
