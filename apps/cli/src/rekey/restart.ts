export const restart = "Start intake, workers and dashboard again with the new SECRET_KEY.";
