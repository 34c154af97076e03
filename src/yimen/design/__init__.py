"""The design system every face shares: tokens, components, page bases, and the small scripts they need."""
