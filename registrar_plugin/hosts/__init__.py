"""Where the hook can live: today the embedded registrar."""
