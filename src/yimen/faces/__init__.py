"""The screens and the machines' doors: they parse, ask one command or query, and show; no rules live here."""
