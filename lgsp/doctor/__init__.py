"""The doctor: looks at every part and says in words what is wrong, who can mend it, and how."""
