"""Where `uvicorn app.main:app` looks, as in the reference design."""
