"""The only doors to the libraries that speak to other machines."""
