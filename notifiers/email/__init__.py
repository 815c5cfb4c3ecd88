"""E-mail: from a claimed delivery to a mail server's answer."""
