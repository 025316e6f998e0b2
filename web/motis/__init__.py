"""MOTIS' form of questions and answers, which the API speaks."""
