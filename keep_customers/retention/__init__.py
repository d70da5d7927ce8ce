"""Who was kept and who was lost: reviews of losses, who came back, customers and revenue kept from quarter to quarter."""
