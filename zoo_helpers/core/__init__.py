"""What two lessons or more use: data, training, the ledger, figures, widgets, exercises."""
