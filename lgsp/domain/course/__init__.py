"""Where a document stands: its way to each receiver, what each one told of it, what is awaited from whom."""
