"""Services: what residents apply for, from the application to the certificate, each step within the law's time."""
