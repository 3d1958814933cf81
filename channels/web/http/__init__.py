"""HTTP: connections and their limits, bodies that arrive slowly, proxies, security headers."""
