"""Early, on time, late or neither: versioned rules as data, and figures that name the rule they used."""
