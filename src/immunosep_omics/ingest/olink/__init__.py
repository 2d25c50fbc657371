"""What Olink's tables and workbooks share."""
