"""A bundle retrained on somebody's own labelled photos: what ``smilecascade finetune`` runs."""
