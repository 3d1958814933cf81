"""What people do with the app: commands, buttons, forms; answered within three seconds."""
