"""Where everything is put together: settings, addresses, who hears which event, the command line, the demo."""
