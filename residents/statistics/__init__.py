"""Population statistics (人口统计) as of today; each number links to the list of its rows."""
