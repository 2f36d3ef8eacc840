"""The studio: the pages on which creators make and change what they show."""
