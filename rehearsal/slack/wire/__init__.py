"""What goes over the wire: arguments, JSON, schemas, connections."""
