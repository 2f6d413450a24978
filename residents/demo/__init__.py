"""Demo communities: generated people and places, the same for one day and seed, sized by the documents."""
