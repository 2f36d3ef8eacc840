"""How money moves: payments, refunds, the ledger, and the providers that do the moving."""
